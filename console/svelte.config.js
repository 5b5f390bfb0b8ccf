// How Svelte compiles: runes only, so that nothing is reactive by accident.
export default { compilerOptions: { runes: true } };
