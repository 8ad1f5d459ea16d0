declare module 'trailseal:commands' {
  /** What each file of cli/commands exports; build.mjs makes the list. */
  const commands: readonly import('./trailseal').DeclareCommand[];
  export default commands;
}
