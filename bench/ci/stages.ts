/** The small bench of CI: the cost of each stage over a few files, printed and never judged by its time. */
process.argv.splice(2, process.argv.length, '12', '10');
await import('../stages.ts');
