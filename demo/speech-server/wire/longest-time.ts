/** The longest time that a timer counts, in milliseconds: about 25 days. */
export const longestTime = 2 ** 31 - 1;
