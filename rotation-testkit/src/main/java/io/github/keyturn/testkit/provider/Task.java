package io.github.keyturn.testkit.provider;

/** Something that an account's managing credential may do. */
@FunctionalInterface
interface Task {
  Reply run(Account account);
}
