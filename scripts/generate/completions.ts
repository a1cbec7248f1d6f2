/** Completion for shells, made from the commands and their flags. Pure. */
import type { Command, Option } from 'commander';

/** What a shell completes after some words. */
interface Place {
  /** The words of the command, such as `backfills show`. */
  readonly words: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly flags: readonly { readonly name: string; readonly description: string; readonly takes: boolean }[];
}

/** Values that flags and arguments of some names take. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** The completion files by name. */
export function completions(program: Command, values: Values): ReadonlyMap<string, string> {
  const places = placesOf(program, []);
  return new Map([
    ['fullcourt.bash', bash(places, values)],
    ['_fullcourt', zsh(places, values)],
    ['fullcourt.fish', fish(places, values)],
  ]);
}

function placesOf(command: Command, words: readonly string[]): Place[] {
  const own: Place = {
    words,
    commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
    flags: command.options.map(flagOf),
  };
  return [own, ...command.commands.flatMap((each) => placesOf(each, [...words, each.name()]))];
}

function flagOf(option: Option): Place['flags'][number] {
  return {
    name: option.long ?? option.flags,
    description: option.description,
    takes: option.required || option.optional,
  };
}

const NOTE = 'Written by `npm run generate` from the commands and their flags.';

function bash(places: readonly Place[], values: Values): string {
  return [
    `# Completion for bash. ${NOTE}`,
    '# Use it with: source scripts/completions/fullcourt.bash',
    '_fullcourt() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" typed="" word',
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
    '    [[ $word == -* ]] && break',
    '    typed="$typed $word"',
    '  done',
    '  [[ $typed == " import"* ]] || case "$before" in',
    ...Object.entries(values).map(
      ([flag, words]) =>
        `    ${flag}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current")); return ;;`,
    ),
    '  esac',
    '  case "$typed" in',
    ...places
      .toReversed()
      .map(
        ({ words, commands, flags }) =>
          `    ${patternOf(words)}) COMPREPLY=($(compgen -W "${[
            ...commands.map(({ name }) => name),
            ...flags.map(({ name }) => name),
            ...(words[0] === 'tables' ? (values['--table'] ?? []) : []),
          ].join(' ')}" -- "$current")) ;;`,
      ),
    '  esac',
    '}',
    'complete -o default -F _fullcourt fullcourt',
    '',
  ].join('\n');
}

/** The words of a command and whatever comes after them; for the program itself, anything. */
function patternOf(words: readonly string[]): string {
  const path = words.map((word) => ` ${word}`).join('');
  return path === '' ? '*' : `"${path}"|"${path} "*`;
}

/** Flags that take something else than a word of a list: often a file. */
function otherFlags(places: readonly Place[], values: Values): string[] {
  const taking = places.flatMap(({ flags }) => flags.filter(({ takes }) => takes).map(({ name }) => name));
  return [...new Set(taking)].filter((name) => values[name] === undefined).sort();
}

function zsh(places: readonly Place[], values: Values): string {
  const lines = [
    '#compdef fullcourt',
    `# Completion for zsh. ${NOTE}`,
    '# Use it with: fpath=($PWD/scripts/completions $fpath); autoload -U compinit; compinit',
    '_fullcourt() {',
    '  local typed="" word',
    '  local -a found',
    '  for word in "${(@)words[2,CURRENT-1]}"; do',
    '    [[ $word == -* ]] && break',
    '    typed="$typed $word"',
    '  done',
    '  [[ $typed == " import"* ]] || case "${words[CURRENT-1]}" in',
    ...Object.entries(values).map(([flag, words]) => `    ${flag}) compadd -- ${words.join(' ')}; return ;;`),
    `    ${otherFlags(places, values).join('|')}) _files; return ;;`,
    '  esac',
    '  case "$typed" in',
  ];
  for (const { words, commands, flags } of places.toReversed()) {
    const told = [...commands, ...flags].map(
      ({ name, description }) => `'${name}:${description.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`,
    );
    const more =
      words[0] === 'tables'
        ? `; compadd -- ${(values['--table'] ?? []).join(' ')}`
        : words[0] === 'import'
          ? '; _files'
          : '';
    lines.push(
      `    ${patternOf(words)}) found=(${told.join(' ')})`,
      `      _describe fullcourt found${more} ;;`,
    );
  }
  return [...lines, '  esac', '}', '_fullcourt "$@"', ''].join('\n');
}

function fish(places: readonly Place[], values: Values): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = [
    `# Completion for fish. ${NOTE}`,
    '# Use it with: source scripts/completions/fullcourt.fish',
    'complete -c fullcourt -f',
  ];
  for (const { words, commands, flags } of places) {
    const nested = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const own = commands.map(({ name }) => name).join(' ');
    const at = [...nested, ...(commands.length === 0 ? [] : [`not __fish_seen_subcommand_from ${own}`])].join(
      '; and ',
    );
    for (const { name, description } of commands)
      lines.push(`complete -c fullcourt -n ${quoted(at)} -a ${name} -d ${quoted(description)}`);
    for (const { name, description, takes } of flags) {
      const given = words[0] === 'import' ? undefined : values[name];
      const value = takes ? (given === undefined ? ' -r -F' : ` -x -a ${quoted(given.join(' '))}`) : '';
      lines.push(
        `complete -c fullcourt -n ${quoted(at)} -l ${name.slice(2)}${value} -d ${quoted(description)}`,
      );
    }
    if (words[0] === 'import') lines.push(`complete -c fullcourt -n ${quoted(at)} -F`);
    if (words[0] === 'tables')
      lines.push(`complete -c fullcourt -n ${quoted(at)} -a ${quoted((values['--table'] ?? []).join(' '))}`);
  }
  return `${lines.join('\n')}\n`;
}
