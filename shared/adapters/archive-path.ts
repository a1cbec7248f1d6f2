/** The paths of what lies beside the files of an archive. */

/**
 * The path of something beside the files, such as `journal/2024-06-01.json`: a folder and a name.
 * @throws Error for any other text, so that no path leads out of the archive
 */
export function pathBeside(path: string): string {
  if (!/^[a-z][a-z-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path))
    throw new Error(`${path} is not a path of the archive`);
  return path;
}
