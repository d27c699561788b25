package dev.connpool.snapshot;

import java.time.Instant;

/**
 * What went wrong last with a host.
 *
 * @param at when
 * @param since when the first of these failures was, without a minute between any two
 * @param phase how it failed, as in {@link HostSnapshot.Counters#failedByKind()}
 * @param message what the caller was told, cut if it is long
 * @param count how often it failed in that way since then
 */
public record LastError(Instant at, Instant since, String phase, String message, long count) {

}
