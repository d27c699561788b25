package dev.connpool.settings;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a setting has a value that cannot be honoured.
 */
public final class InvalidSettingException extends IllegalArgumentException {

	private final String setting;

	private final @Nullable Object value;

	private final String requirement;

	/**
	 * Create an exception for one setting.
	 * @param setting the name of the setting, relative to its client, such as
	 * {@code pool.idle-timeout}
	 * @param value the value that was refused, of which no more than {@link Shown} allows
	 * gets into the message
	 * @param requirement what the value has to be, starting with a verb, and how to get
	 * what was probably meant
	 */
	public InvalidSettingException(String setting, @Nullable Object value, String requirement) {
		super("'%s' %s but %s".formatted(Shown.name(setting), Shown.clause(value), requirement));
		this.setting = setting;
		this.value = Shown.value(value);
		this.requirement = requirement;
	}

	/**
	 * Return the name of the setting, relative to its client.
	 * @return the name, such as {@code pool.idle-timeout}
	 */
	public String setting() {
		return this.setting;
	}

	/**
	 * Return the value that was refused.
	 * @return what may be shown of it
	 */
	public @Nullable Object value() {
		return this.value;
	}

	/**
	 * Return what the value has to be.
	 * @return the requirement, starting with a verb
	 */
	public String requirement() {
		return this.requirement;
	}

}
