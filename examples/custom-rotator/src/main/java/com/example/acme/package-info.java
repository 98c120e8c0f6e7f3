/** A rotator of your own: the API keys of Acme, which can be issued and revoked over HTTP. */
@NullMarked
package com.example.acme;

import org.jspecify.annotations.NullMarked;
