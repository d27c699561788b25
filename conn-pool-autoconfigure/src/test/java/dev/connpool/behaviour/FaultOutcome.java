package dev.connpool.behaviour;

/**
 * What comes of a call to a server with a {@link Fault}.
 *
 * @param result {@link #ANSWERED}, or the error that was raised
 * @param arrivals how often the request arrived
 * @param inTime whether that was clear before its deadline
 * @param recovered whether the next request was answered
 */
record FaultOutcome(String result, int arrivals, boolean inTime, boolean recovered) {

	static final String ANSWERED = "answered";

}
