package io.github.keyturn.http;

import static io.github.keyturn.http.BadResponsesTest.failure;
import static io.github.keyturn.testkit.provider.ProviderProfile.SENDGRID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keyturn.RetireOld;
import io.github.keyturn.RotationException;
import io.github.keyturn.Secret;
import io.github.keyturn.SecretDocument;
import io.github.keyturn.Step;
import io.github.keyturn.testkit.provider.Account;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may have a key made: the owner, or the superuser once the owner has logged in. */
class AuthorityTest {

  private static final String SELF =
      TestDefinition.small()
          .with("/operations/list/login", "\"key\"")
          .with("/operations/create/login", "\"key\"")
          .with("/operations/revoke/login", "\"key\"")
          .without("/logins/admin")
          .text();

  @Test
  void aKeyMayManageItself() throws Exception {
    try (Bed bed = Bed.of(SENDGRID, SELF, Map.of())) {
      bed.provider.letKeysManageKeys();
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
    }
  }

  @Test
  @DisplayName(
      "A definition with a superuser also serves a key that manages itself: it names itself")
  void aSecretMayBeItsOwnSuperuser() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID)) {
      bed.provider.letKeysManageKeys();
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("masterarn", bed.arn).json());
      for (int i = 0; i < 3; i++) {
        bed.rotate();
      }

      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  void aKeyWithoutTheRightIsToldSo() throws Exception {
    try (Bed bed = Bed.of(SENDGRID, SELF, Map.of())) {
      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("PRIVILEGE: list ")
          .hasMessageContaining(
              "was answered with 403; expected was [200]; the secret's key lacks a right");
    }
  }

  @Test
  @DisplayName("Who can't log in with AWSCURRENT gets no key made by the superuser")
  void aRefusedOwnerGetsNothing() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID)) {
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("apiKey", "SG.made-up").json());
      bed.provider.forgetRequests();

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("REJECTED: the provider refuses the secret's own login")
          .hasMessageContaining("issue a key by hand and store it with PutSecretValue")
          .hasMessageContaining("ADMIN_WITHOUT_OWNER");
      assertThat(bed.provider.requests()).containsOnly("GET /v3/scopes");
    }
  }

  @Test
  void theOperatorMayLetTheSuperuserActAlone() throws Exception {
    try (Bed bed = Bed.of(Shipped.DATADOG, Map.of("ADMIN_WITHOUT_OWNER", "true"))) {
      bed.provider.revokeByHand(bed.value(bed.current()));

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
      assertThat(bed.log())
          .anyMatch(line -> line.contains("without a login of the secret's owner"));
    }
  }

  @Test
  void asksForTheSuperuserSecret() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID)) {
      bed.secrets.putSecretValue(
          Bed.SECRET, SecretDocument.parse(Secret.of(bed.provider.secret(bed.account))).json());

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("this strategy needs a superuser secret");
    }
  }

  @Test
  void tellsAWrongSuperuserSecret() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID)) {
      bed.secrets.putSecretValue("prod/admin", Secret.of("{\"apiKey\": \"SG.wrong-one\"}"));

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("PRIVILEGE: list ")
          .hasMessageContaining("the provider refuses the superuser secret; correct that secret");
    }
  }

  @Test
  void tellsAWrongSuperuserSecretOfOauth() throws Exception {
    try (Bed bed = Bed.of(Shipped.MONGODB_ATLAS)) {
      bed.secrets.putSecretValue(
          "prod/admin", Secret.of("{\"clientId\": \"x\", \"clientSecret\": \"wrong-one\"}"));

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining(
              "PRIVILEGE: the token for list (POST https://cloud.mongodb.com/api/oauth/token) was refused")
          .hasMessageNotContaining("wrong-one");
    }
  }

  @Test
  void anOauthSecretThatIsRefusedIsAnAnswer() throws Exception {
    try (Bed bed = Bed.of(Shipped.MONGODB_ATLAS)) {
      String token = bed.stage();
      bed.run(Step.CREATE, token);
      bed.run(Step.SET, token);
      bed.provider.revokeByHand(bed.value(bed.version(token).orElseThrow()));

      assertThat(failure(bed, Step.TEST, token))
          .hasMessageContaining("REJECTED: the target refuses the login of AWSPENDING");
    }
  }

  @Test
  void aTokenEndpointThatGivesNoTokenIsAFailure() throws Exception {
    try (Bed bed = Bed.of(Shipped.MONGODB_ATLAS)) {
      for (int status : new int[] {200, 500, 403}) {
        bed.provider.answerNext(
            "POST /api/oauth/token", status, Map.of(), "{\"token\": \"leaked\"}");

        assertThat(failure(bed, Step.CREATE, bed.stage()))
            .hasMessageContaining("was answered with %d, without an access_token", status)
            .hasMessageNotContaining("leaked");
      }
    }
  }

  @Test
  @DisplayName("A hand-made AWSPENDING can't have the superuser change somebody else's client")
  void pendingMustBeTheSameOwners() throws Exception {
    try (Bed bed = Bed.of(Shipped.OKTA)) {
      Account victim = bed.provider.newAccount();
      SecretDocument victims = SecretDocument.parse(Secret.of(bed.provider.secret(victim)));
      String token = bed.stage();
      bed.secrets
          .store()
          .putPending(
              Bed.SECRET,
              token,
              bed.current().with("clientId", victims.text("clientId")).json(),
              null);

      assertThat(failure(bed, Step.SET, token))
          .hasMessageContaining("MISCONFIGURED: AWSPENDING differs in 'clientId'");
      assertThat(bed.provider.liveKeys(victim)).containsExactly(victims.text("clientSecret"));
    }
  }

  @Test
  @DisplayName("What the token tells of its user must be what the secret says")
  void theOwnersIdIsProven() throws Exception {
    try (Bed bed = Bed.of(Shipped.GITLAB)) {
      Account victim = bed.provider.newAccount();
      String victims = SecretDocument.parse(Secret.of(bed.provider.secret(victim))).text("userId");
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("userId", victims).json());

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("with the expected value at /user_id");
      assertThat(bed.provider.liveKeys(victim)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(RetireOld.class)
  @DisplayName("Another key's id in the secret: it is not asked for, and not revoked")
  void theKeysIdIsProvenWhereTheProviderTellsIt(RetireOld when) throws Exception {
    try (Bed bed = Bed.of(Shipped.CLOUDFLARE, Map.of("RETIRE_OLD", when.name()))) {
      SecretDocument first = bed.current();
      String victim = bed.provider.makeByHand(bed.account, "somebody else's");
      bed.secrets.putSecretValue(Bed.SECRET, first.with("tokenId", victim).json());

      bed.rotate();
      bed.rotate();

      // to ask for a token is to give its rights to the new one
      assertThat(bed.provider.requests()).noneMatch(request -> request.contains(victim));
      assertThat(bed.provider.liveKeys(bed.account))
          .contains(victim)
          .hasSize(when == RetireOld.AT_FINISH ? 2 : 3);
      assertThat(bed.accepts(first)).isFalse();
    }
  }

  @Test
  @DisplayName(
      "Another account's id in the secret: the new key is the old one's owner's all the same")
  void theOwnerIsTheOldKeysOwner() throws Exception {
    try (Bed bed = Bed.of(Shipped.CONFLUENT_CLOUD)) {
      Account victim = bed.provider.newAccount();
      String victims =
          SecretDocument.parse(Secret.of(bed.provider.secret(victim))).text("serviceAccountId");
      bed.secrets.putSecretValue(
          Bed.SECRET, bed.current().with("serviceAccountId", victims).json());

      bed.rotate();

      assertThat(bed.provider.liveKeys(bed.account)).hasSize(2);
      assertThat(bed.provider.liveKeys(victim)).hasSize(1);
    }
  }

  @Test
  void theKeysIdIsProvenBeforeItIsSwapped() throws Exception {
    try (Bed bed = Bed.of(Shipped.CLOUDFLARE_ROLL)) {
      String victim = bed.provider.makeByHand(bed.account, "somebody else's");
      bed.secrets.putSecretValue(Bed.SECRET, bed.current().with("tokenId", victim).json());

      bed.rotate();

      assertThat(bed.provider.requests()).noneMatch(request -> request.contains(victim));
      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }

  @Test
  @DisplayName("A token that would begin another header is an error, which does not show it")
  void aTokenIsOneHeader() throws Exception {
    try (Bed bed = Bed.of(Shipped.MONGODB_ATLAS)) {
      bed.provider.answerNext(
          "POST /api/oauth/token", 200, Map.of(), "{\"access_token\": \"leaked\\r\\nX: y\"}");
      assertThatThrownBy(() -> bed.trial().run())
          .isInstanceOf(RotationException.class)
          .hasMessageContaining("without an access_token that a header can carry")
          .hasMessageNotContaining("leaked");
    }
  }

  @Test
  @DisplayName(
      "What only the old key can tell nobody tells without it, and the error does not send one in circles")
  void doesNotAdviseWhatIsSetAlready() throws Exception {
    try (Bed bed = Bed.of(Shipped.SENDGRID, Map.of("ADMIN_WITHOUT_OWNER", "true"))) {
      bed.provider.revokeByHand(bed.value(bed.current()));

      assertThat(failure(bed, Step.CREATE, bed.stage()))
          .hasMessageContaining("REJECTED: describe ")
          .hasMessageContaining("issue a key by hand and store it with PutSecretValue")
          .hasMessageNotContaining("ADMIN_WITHOUT_OWNER)");
    }
  }

  // In place

  @Test
  void inPlaceTakesAWord() {
    assertThatThrownBy(
            () -> Bed.of(Shipped.CLOUDFLARE_ROLL, Map.of("ALLOW_IN_PLACE_SWAP", "")).rotator())
        .hasMessageContaining(
            "MISCONFIGURED: Cloudflare API tokens, in place replaces keys in place")
        .hasMessageContaining("a lost answer leaves AWSCURRENT dead")
        .hasMessageContaining("set ALLOW_IN_PLACE_SWAP to true");
  }

  @Test
  @DisplayName("A createSecret that comes after another one's swap takes what that one stored")
  void inPlaceALateDeliveryTakesWhatIsStored() throws Exception {
    try (Bed bed = Bed.of(Shipped.CLOUDFLARE_ROLL)) {
      String token = bed.stage();

      bed.overtaken(Step.CREATE, token, origin -> true);

      assertThat(bed.accepts(bed.version(token).orElseThrow())).isTrue();
      assertThat(bed.provider.requests()).filteredOn(r -> r.startsWith("PUT ")).hasSize(1);
    }
  }

  @Test
  void inPlaceALostAnswerIsHealedByTheSuperuser() throws Exception {
    try (Bed bed = Bed.of(Shipped.CLOUDFLARE_ROLL)) {
      String token = bed.stage();
      bed.secrets.faults().failInside("PutSecretValue", 1);
      assertThatThrownBy(() -> bed.run(Step.CREATE, token)).isInstanceOf(Exception.class);
      assertThat(bed.accepts(bed.current())).isFalse();

      bed.rotate();

      assertThat(bed.accepts(bed.current())).isTrue();
    }
  }
}
