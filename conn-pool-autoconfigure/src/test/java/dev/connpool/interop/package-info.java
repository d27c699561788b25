/**
 * The client talks to servers that others have written, as Debian packages them.
 */
@NullMarked
package dev.connpool.interop;

import org.jspecify.annotations.NullMarked;
