# A stand-in for AWS's single-user PostgreSQL template: the same calls, in the same order, with the same libraries.
import re, json, logging, os
import boto3
import pg, pgdb
logger = logging.getLogger()
logger.setLevel(logging.INFO)

def lambda_handler(event, context):
    arn = event['SecretId']; token = event['ClientRequestToken']; step = event['Step']
    client = boto3.client('secretsmanager', endpoint_url=os.environ['SECRETS_MANAGER_ENDPOINT'])
    metadata = client.describe_secret(SecretId=arn)
    if "RotationEnabled" in metadata and not metadata['RotationEnabled']:
        raise ValueError("not enabled")
    versions = metadata['VersionIdsToStages']
    if token not in versions: raise ValueError("no stage")
    if "AWSCURRENT" in versions[token]: return
    elif "AWSPENDING" not in versions[token]: raise ValueError("not pending")
    {'createSecret': create_secret, 'setSecret': set_secret, 'testSecret': test_secret, 'finishSecret': finish_secret}[step](client, arn, token)

def create_secret(client, arn, token):
    current = get_secret_dict(client, arn, "AWSCURRENT")
    try:
        get_secret_dict(client, arn, "AWSPENDING", token)
    except client.exceptions.ResourceNotFoundException:
        passwd = client.get_random_password(ExcludeCharacters=os.environ.get('EXCLUDE_CHARACTERS', ':/@"\'\\'))
        current['password'] = passwd['RandomPassword']
        client.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=json.dumps(current), VersionStages=['AWSPENDING'])
        logger.info("createSecret: put secret for ARN %s and version %s.", arn, token)

def set_secret(client, arn, token):
    try:
        previous = get_secret_dict(client, arn, "AWSPREVIOUS")
    except (client.exceptions.ResourceNotFoundException, KeyError):
        previous = None
    current = get_secret_dict(client, arn, "AWSCURRENT")
    pending = get_secret_dict(client, arn, "AWSPENDING", token)
    conn = get_connection(pending)
    if conn:
        conn.close()
        return
    conn = get_connection(current)
    if not conn and previous: conn = get_connection(previous)
    if not conn: raise ValueError("no login")
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT quote_ident(%s)", (pending['username'],))
            user = cur.fetchone()[0]
            cur.execute("ALTER USER " + user + " WITH PASSWORD %s", (pending['password'],))
            conn.commit()
    finally:
        conn.close()

def test_secret(client, arn, token):
    conn = get_connection(get_secret_dict(client, arn, "AWSPENDING", token))
    if not conn: raise ValueError("no login")
    try:
        with conn.cursor() as cur:
            cur.execute("SELECT NOW()")
            conn.commit()
    finally:
        conn.close()

def finish_secret(client, arn, token):
    metadata = client.describe_secret(SecretId=arn)
    current = None
    for version in metadata["VersionIdsToStages"]:
        if "AWSCURRENT" in metadata["VersionIdsToStages"][version]:
            if version == token: return
            current = version
            break
    client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current)

def get_connection(d):
    port = int(d['port']) if 'port' in d else 5432
    dbname = d.get('dbname', 'postgres')
    ssl = d.get('ssl', None)
    use_ssl, fall_back = (True, True) if ssl is None else (bool(ssl), False)
    conn = connect(d, port, dbname, use_ssl)
    if conn or not fall_back: return conn
    return connect(d, port, dbname, False)

def connect(d, port, dbname, use_ssl):
    try:
        if use_ssl:
            return pgdb.connect(host=d['host'], user=d['username'], password=d['password'], database=dbname, port=port, connect_timeout=5, sslrootcert=os.environ['TLS_CA_BUNDLE'], sslmode='verify-full')
        return pgdb.connect(host=d['host'], user=d['username'], password=d['password'], database=dbname, port=port, connect_timeout=5, sslmode='disable')
    except pg.InternalError as e:
        logger.error("pg.InternalError: %r", e)
        return None

def get_secret_dict(client, arn, stage, token=None):
    secret = client.get_secret_value(SecretId=arn, VersionId=token, VersionStage=stage) if token else client.get_secret_value(SecretId=arn, VersionStage=stage)
    d = json.loads(secret['SecretString'])
    for f in ['host', 'username', 'password', 'engine']:
        if f not in d: raise KeyError(f)
    return d
