/**
 * Ends an old Node with one line, before it chokes on TypeScript. Plain JavaScript that any Node reads: the npm scripts load it in front
 * of what they run, `main.ts` imports it first. Where neither happens (`node src/main.ts` on a Node that cannot strip types, before 22.18)
 * Node fails by itself, before it has read a line of this project.
 */
const { engines } = require('../package.json')

const needed = Number.parseInt(engines.node.replace('>=', ''), 10)
if (Number.parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(
    `redress needs Node ${needed} or newer and this is ${process.version}: use node_modules/.bin/node where npm ci brought one (npm start does), else install it from https://nodejs.org\n`,
  )
  process.exit(1)
}
