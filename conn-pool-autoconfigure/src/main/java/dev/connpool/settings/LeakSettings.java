package dev.connpool.settings;

import java.time.Duration;

/**
 * When an exchange whose response nobody reads is taken for forgotten.
 *
 * @param detectionThreshold how long nothing is read before it is reported; zero to not
 * look for it
 * @param reclaimThreshold how long nothing is read before its connection is closed, or
 * its stream reset; zero for never
 */
public record LeakSettings(Duration detectionThreshold, Duration reclaimThreshold) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final LeakSettings DEFAULTS = new LeakSettings(Duration.ZERO, Duration.ZERO);

	public LeakSettings {
		Require.zeroOrPositive("leak-detection-threshold", detectionThreshold);
		Require.zeroOrPositive("leak-reclaim-threshold", reclaimThreshold);
		if (!reclaimThreshold.isZero()
				&& (detectionThreshold.isZero() || reclaimThreshold.compareTo(detectionThreshold) < 0)) {
			throw new InvalidSettingException("leak-reclaim-threshold", reclaimThreshold,
					"must not be shorter than 'leak-detection-threshold', which must be set");
		}
	}

	/**
	 * Return whether leaks are looked for.
	 * @return whether there is a threshold
	 */
	public boolean isEnabled() {
		return !this.detectionThreshold.isZero();
	}

}
