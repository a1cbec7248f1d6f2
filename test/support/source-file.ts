/** A source file as an import takes it. */
import type { SourceFile } from '../../functions/control/archive-files.ts';

/** A file with a text in UTF-8. */
export function sourceFile(name: string, text: string): SourceFile {
  return { name, bytes: () => new TextEncoder().encode(text) };
}
