/** Years in which a simulated season may start: the ids of games have two digits for it, of which 46 is read as 1946. */
export const FIRST_YEAR = 1980;
export const LAST_YEAR = 2045;
