package dev.connpool.settings;

import java.net.IDN;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Hosts that are reached without a proxy: one entry of {@code NO_PROXY}, with the meaning
 * that it has in Go's {@code golang.org/x/net/http/httpproxy}.
 */
@FunctionalInterface
interface DirectHosts {

	/**
	 * What is never reached through a proxy that the environment names.
	 */
	DirectHosts LOOPBACK = (host, port, address) -> (address != null) ? address.isLoopbackAddress()
			: host.equals("localhost");

	/**
	 * Return whether a host is among them.
	 * @param host the name in lower case
	 * @param port the port
	 * @param address the address if the name is one, else {@code null}
	 * @return whether it is
	 */
	boolean contain(String host, int port, @Nullable InetAddress address);

	/**
	 * Parse an entry: an IP address, a name, or a name that starts with a dot, each with
	 * or without a port; addresses in CIDR notation (RFC 4632); or {@code *} for all.
	 * @param source where it is written
	 * @param entry what is written
	 * @return the hosts
	 * @throws InvalidSettingException if it is none of these
	 */
	static DirectHosts parse(String source, String entry) {
		String text = entry.strip().toLowerCase(Locale.ROOT);
		if (text.equals("*")) {
			return (host, port, address) -> true;
		}
		DirectHosts parsed = (text.indexOf('/') >= 0) ? network(text) : single(text);
		if (parsed == null) {
			throw new InvalidSettingException(source, Shown.host(entry),
					"must be a host such as 'example.com', '.example.com',"
							+ " 'example.com:8443' or '10.1.2.3', addresses such as '10.0.0.0/8', or '*' for all");
		}
		return parsed;
	}

	/**
	 * Parse an entry of {@code http.nonProxyHosts}.
	 * @param entry a name or address in which {@code *} stands for anything
	 * @return the hosts
	 */
	static DirectHosts ofPattern(String entry) {
		String[] literals = entry.strip().replaceAll("[\\[\\]]", "").split("\\*", -1);
		Pattern pattern = Pattern.compile(String.join(".*", Arrays.stream(literals).map(Pattern::quote).toList()),
				Pattern.CASE_INSENSITIVE);
		return (host, port, address) -> pattern.matcher(host).matches();
	}

	private static @Nullable DirectHosts network(String text) {
		int slash = text.indexOf('/');
		InetAddress network = IpAddress.parse(text.substring(0, slash));
		String length = text.substring(slash + 1);
		if (network == null || !length.matches("\\d{1,3}")) {
			return null;
		}
		byte[] prefix = network.getAddress();
		int bits = Integer.parseInt(length);
		return (bits > prefix.length * Byte.SIZE) ? null
				: (host, port, address) -> address != null && startsWith(address.getAddress(), prefix, bits);
	}

	private static boolean startsWith(byte[] address, byte[] prefix, int bits) {
		if (address.length != prefix.length) {
			return false;
		}
		for (int bit = 0; bit < bits; bit++) {
			int mask = 0x80 >> (bit % Byte.SIZE);
			if (((address[bit / Byte.SIZE] ^ prefix[bit / Byte.SIZE]) & mask) != 0) {
				return false;
			}
		}
		return true;
	}

	private static @Nullable DirectHosts single(String text) {
		InetAddress bare = IpAddress.parse(text);
		HostAndPort parsed = (bare != null) ? new HostAndPort(text, 0) : HostAndPort.parse(text);
		if (parsed == null) {
			return null;
		}
		InetAddress ip = IpAddress.parse(parsed.host());
		int only = parsed.port();
		return (ip != null) ? (host, port, address) -> ip.equals(address) && (only == 0 || only == port)
				: domain(parsed.host(), only);
	}

	private static @Nullable DirectHosts domain(String text, int only) {
		String name = text.startsWith("*.") ? text.substring(1) : text;
		if (name.isEmpty() || name.equals(".") || name.indexOf('*') >= 0) {
			return null;
		}
		boolean itself = !name.startsWith(".");
		String ascii = ascii(itself ? name : name.substring(1));
		return (host, port, address) -> address == null && (only == 0 || only == port)
				&& (host.endsWith("." + ascii) || (itself && host.equals(ascii)));
	}

	/**
	 * Return the form in which names are compared.
	 * @param name the name
	 * @return the name in lower case, in ASCII (RFC 5890)
	 */
	static String ascii(String name) {
		try {
			return IDN.toASCII(name).toLowerCase(Locale.ROOT);
		}
		catch (IllegalArgumentException ex) {
			return name.toLowerCase(Locale.ROOT);
		}
	}

}
