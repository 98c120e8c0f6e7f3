"""Serves Lambda's runtime API, as AWS's runtime interface client for Python does."""

import http.client
import importlib
import json
import logging
import os
import sys

logging.basicConfig(stream=sys.stdout)
handler = importlib.import_module('postgres_single_user').lambda_handler
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
INVOCATION = '/2018-06-01/runtime/invocation/'

while True:
    api.request('GET', INVOCATION + 'next')
    response = api.getresponse()
    event = json.loads(response.read())
    request_id = response.getheader('Lambda-Runtime-Aws-Request-Id')
    try:
        outcome, answer = 'response', handler(event, None)
    except Exception as error:
        outcome, answer = 'error', {'errorMessage': repr(error), 'errorType': type(error).__name__}
    api.request('POST', INVOCATION + request_id + '/' + outcome, json.dumps(answer))
    api.getresponse().read()
