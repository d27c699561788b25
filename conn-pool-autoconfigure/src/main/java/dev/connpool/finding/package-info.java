/**
 * What should be changed about clients, found out by looking at them now and then.
 */
@NullMarked
package dev.connpool.finding;

import org.jspecify.annotations.NullMarked;
