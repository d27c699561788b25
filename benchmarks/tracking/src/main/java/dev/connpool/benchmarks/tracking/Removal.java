package dev.connpool.benchmarks.tracking;

/**
 * A member of a class that is taken out.
 *
 * @param type the class name
 * @param kind how it is taken out
 * @param member the method or field
 */
record Removal(String type, Kind kind, String member) {

	static Removal of(String type, Kind kind, String member) {
		return new Removal("dev.connpool.pool." + type, kind, member);
	}

	@Override
	public String toString() {
		return this.type + "." + this.member + ((this.kind == Kind.FIELD) ? "" : "()") + " " + this.kind.text;
	}

	enum Kind {

		/** What is inherited takes its place; Netty then passes over a handler. */
		METHOD("removed"),

		/** It does nothing, and returns zero, false or null. */
		BODY("emptied"),

		/** It is not there to be written, and reads as zero, false or null. */
		FIELD("removed"),

		/** What it is given is what it returns. */
		ARGUMENT("returns its argument"),

		/** {@link System#nanoTime()} reads as zero in it. */
		CLOCK("without a clock");

		private final String text;

		Kind(String text) {
			this.text = text;
		}

	}

}
