const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell reads it back. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command of the product for one home. */
export function atHome(command: string, home: string): string {
  return `CAMBIO_HOME=${quoted(home)} ${command}`;
}
