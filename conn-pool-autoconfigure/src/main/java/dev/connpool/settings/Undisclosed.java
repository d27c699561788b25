package dev.connpool.settings;

/**
 * Stands for a value that is not shown because it may hold a secret.
 */
public enum Undisclosed {

	/**
	 * The value.
	 */
	VALUE;

	@Override
	public String toString() {
		return "not shown";
	}

}
