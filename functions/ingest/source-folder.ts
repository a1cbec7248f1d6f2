/** Which files of a folder fill which table and season. */
import { seasonStarting, seasonYear, type Season } from '../../shared/domain/season.ts';
import { inReadingOrder, type RawLoads } from './loads.ts';
import { namesInFile } from '../sources/payload-files.ts';
import { sourceFileOf, type SourceFile } from './source-files.ts';

/** The files that fill one table for one season. */
export interface TableSources {
  readonly table: string;
  readonly season: Season;
  /** In the order in which they are read. */
  readonly files: readonly string[];
}

export interface FolderSources {
  /** By season, ascending; within a season in loading order, the schedule first. */
  readonly sources: readonly TableSources[];
  /** Files that fill no table, each with the reason. */
  readonly ignored: readonly { readonly file: string; readonly reason: string }[];
}

/** Which files fill which table, for the given seasons or for every season that the files have. */
export function sourceFilesOf(
  fileNames: readonly string[],
  loads: RawLoads,
  seasons?: readonly Season[],
): FolderSources {
  const files: SourceFile[] = [];
  const ignored: { file: string; reason: string }[] = [];
  for (const name of [...new Set(fileNames)].sort().flatMap(namesInFile)) {
    const file = sourceFileOf(name);
    if (file === undefined) ignored.push({ file: name, reason: reasonFor(name) });
    else if (loads.all.some(({ layouts }) => file.kind in layouts)) files.push(file);
    else
      ignored.push({
        file: name,
        reason: 'not loaded: its numbers are sums of the shots, kept for checking',
      });
  }
  const wanted = [...new Set(seasons ?? files.flatMap(seasonsOf))].sort();
  const sources = wanted.flatMap((season) => {
    const ofSeason = files.filter(({ first, last }) => first <= season && season <= last);
    return loads.all
      .map((load) => ({
        table: load.definition.name,
        season,
        files: inReadingOrder(load, ofSeason).map(({ name }) => name),
      }))
      .filter((source) => source.files.length > 0);
  });
  return { sources, ignored };
}

function reasonFor(name: string): string {
  if (/\.json(?:\.gz)?$/.test(name)) return 'not called like an answer of a live source';
  return /\.csv(?:\.gz)?$/.test(name)
    ? 'not called like a source file'
    : 'only files that end in .csv or .csv.gz are read';
}

function seasonsOf({ first, last }: SourceFile): Season[] {
  const years = seasonYear(last) - seasonYear(first) + 1;
  return Array.from({ length: years }, (_, i) => seasonStarting(seasonYear(first) + i));
}
