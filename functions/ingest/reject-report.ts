/** The report of an import on the rows that it did not load, as text. */
import type { Note, Reject } from './load-table.ts';

/**
 * The rejects by file and line, as text; an empty string when there are none. When two tables find the same fault in the
 * same line, it is listed once.
 * @param limit most lines listed for each file; the rest is counted
 */
export function formatRejects(rejects: readonly Reject[], limit = Infinity): string {
  const files = new Map<string, Map<string, Reject>>();
  for (const reject of rejects) {
    const ofFile = files.get(reject.file) ?? new Map<string, Reject>();
    if (ofFile.size === 0) files.set(reject.file, ofFile);
    ofFile.set(`${reject.line} ${reject.reason}`, reject);
  }
  const lines = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, found]) => {
      const told = [...found.values()].sort((a, b) => a.line - b.line);
      return [
        `${file}: ${told.length} rejected`,
        ...told
          .slice(0, limit)
          .flatMap(({ line, reason, excerpt }) => [
            `  line ${line}: ${reason}`,
            ...(excerpt === '' ? [] : [`    ${excerpt}`]),
          ]),
        ...(told.length > limit ? [`  and ${told.length - limit} more`] : []),
      ];
    });
  return lines.join('\n');
}

/** The notes as text, one line for each: `player_props_2023-24.csv.gz: 37190 rows of market player_rebounds not used`. */
export function formatNotes(notes: readonly Note[]): string {
  return notes
    .map(({ file, text, count }) => `${file === null ? '' : `${file}: `}${count} ${text}`)
    .join('\n');
}
