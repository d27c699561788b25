package dev.connpool.settings;

import java.util.Collection;
import java.util.Locale;

/**
 * Tells whether a word is another with a small typing error.
 */
final class Spelling {

	private Spelling() {
	}

	/**
	 * Return whether a word resembles one of others. Short words have to be the same.
	 * @param word the word; its case, and whether it has dashes or underscores, do not
	 * count
	 * @param others the others
	 * @return whether no more than one of four characters differs
	 */
	static boolean resembles(String word, Collection<String> others) {
		String uniform = uniform(word);
		return others.stream().anyMatch((other) -> distance(uniform, uniform(other)) <= other.length() / 4);
	}

	private static String uniform(String word) {
		return word.toLowerCase(Locale.ROOT).replace('_', '-');
	}

	// How many characters have to be added, left out, replaced or swapped with the next.
	private static int distance(String one, String other) {
		if (one.length() > 2 * other.length()) {
			return one.length();
		}
		int[][] distances = new int[one.length() + 1][other.length() + 1];
		for (int i = 0; i <= one.length(); i++) {
			for (int j = 0; j <= other.length(); j++) {
				distances[i][j] = (i == 0 || j == 0) ? i + j : distance(distances, one, i, other, j);
			}
		}
		return distances[one.length()][other.length()];
	}

	private static int distance(int[][] distances, String one, int i, String other, int j) {
		boolean same = one.charAt(i - 1) == other.charAt(j - 1);
		int least = Math.min(distances[i - 1][j - 1] + (same ? 0 : 1),
				1 + Math.min(distances[i][j - 1], distances[i - 1][j]));
		boolean swapped = i > 1 && j > 1 && one.charAt(i - 1) == other.charAt(j - 2)
				&& one.charAt(i - 2) == other.charAt(j - 1);
		return swapped ? Math.min(least, 1 + distances[i - 2][j - 2]) : least;
	}

}
