package io.github.keyturn.http;

import io.github.keyturn.RetireOld;
import io.github.keyturn.RotationSettings;

/**
 * The environment variables of a function for API keys; those that a definition asks for are {@link
 * SettingDefinition}s.
 *
 * @param adminWithoutOwner whether the superuser secret acts when AWSCURRENT does not log in
 * @param inPlaceSwapAllowed whether a key may be replaced by one that ends it at once
 * @param revokeUnnamed whether all keys of a list without names are this secret's
 */
record HttpKeySettings(
    RetireOld retireOld,
    boolean adminWithoutOwner,
    boolean inPlaceSwapAllowed,
    boolean revokeUnnamed) {

  static final String DEFINITION = "PROVIDER_DEFINITION";
  static final String EXPIRY_DAYS = "KEY_EXPIRY_DAYS";
  static final String ADMIN_WITHOUT_OWNER = "ADMIN_WITHOUT_OWNER";
  static final String ALLOW_IN_PLACE_SWAP = "ALLOW_IN_PLACE_SWAP";
  static final String REVOKE_UNNAMED_KEYS = "REVOKE_UNNAMED_KEYS";

  static HttpKeySettings of(RotationSettings settings) {
    return new HttpKeySettings(
        settings.retireOld(),
        settings.flag(ADMIN_WITHOUT_OWNER, false),
        settings.flag(ALLOW_IN_PLACE_SWAP, false),
        settings.flag(REVOKE_UNNAMED_KEYS, false));
  }
}
