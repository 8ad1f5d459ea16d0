import commands from 'trailseal:commands';
import { processShell } from './shell';
import { trailseal } from './trailseal';

// The SDK's version is this repository's choice: who only runs the command can do nothing about its age.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.exitCode = await trailseal(process.argv.slice(2), { commands, shell: processShell() });
