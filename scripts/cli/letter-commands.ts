/** The commands of dead letters, with their flags. */
import type { Command } from 'commander';
import type { EditFlags } from './dead-letters.ts';
import type { AddCommand } from './deploy-commands.ts';
import type { OnHome } from './reading-commands.ts';

/** Adds them. `onHome` runs one and keeps its exit code; `group` makes a command that has others under it. */
export function addLetterCommands(
  add: AddCommand,
  onHome: OnHome,
  group: (name: string, description: string) => Command,
): void {
  const letters = group(
    'dead-letters',
    'messages that could not be handled and were set aside: list, show, edit, publish again or delete',
  );
  add('list', 'list all dead letters', letters).action(
    onHome(async (client, flags) => (await import('./dead-letters.ts')).listLetters(client, flags)),
  );
  add('show <id>', 'show one dead letter with its message', letters).action(
    onHome(async (client, flags, [id]) =>
      (await import('./dead-letters.ts')).showLetter(client, id ?? '', flags),
    ),
  );
  add('replay <id>', 'publish the message of a dead letter again', letters).action(
    onHome(async (client, flags, [id]) =>
      (await import('./dead-letters.ts')).replayLetter(client, id ?? '', flags),
    ),
  );

  add('edit <id>', 'replace the message of a dead letter by a corrected one', letters)
    .option('--message <json>', 'the corrected message')
    .option('--file <file>', 'a file with the corrected message')
    .action(
      onHome<EditFlags>(async (client, flags, [id]) =>
        (await import('./dead-letters.ts')).editLetter(client, id ?? '', flags),
      ),
    );
  add('delete <id>', 'delete a dead letter and its message', letters).action(
    onHome(async (client, flags, [id]) =>
      (await import('./dead-letters.ts')).deleteLetterCommand(client, id ?? '', flags),
    ),
  );
}
