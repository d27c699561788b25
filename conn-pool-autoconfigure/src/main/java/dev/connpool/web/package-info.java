/**
 * The same clients as a Spring application uses them.
 */
@NullMarked
package dev.connpool.web;

import org.jspecify.annotations.NullMarked;
