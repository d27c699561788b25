package dev.connpool.autoconfigure.binding;

import java.time.Duration;

import dev.connpool.settings.TcpSettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about sockets.
 *
 * @param keepAlive Whether to send TCP keep-alive probes.
 * @param keepAliveIdle Time of silence before the first probe, in whole seconds.
 * @param noDelay Whether to send small writes at once.
 */
record TcpProperties(@Nullable Boolean keepAlive, @Nullable Duration keepAliveIdle, @Nullable Boolean noDelay) {

	TcpSettings over(TcpSettings base) {
		return new TcpSettings(Absent.or(this.keepAlive, base.keepAlive()),
				Absent.or(this.keepAliveIdle, base.keepAliveIdle()), Absent.or(this.noDelay, base.noDelay()));
	}

}
