/** Status of a game that is over, in the schedule and in box scores. 1 is a game that has not begun, 2 one that is played. */
export const FINAL = 3;
