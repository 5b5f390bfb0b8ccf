// Writes the words of both languages as modules, before anything is checked, tested or built: a file for each language, since the usual
// file for each message is thousands, of which a machine that lets few files be open at once silently gets only some.
import { compile } from '@inlang/paraglide-js';

await compile({
  project: './project.inlang', outdir: './src/words', strategy: ['globalVariable', 'baseLocale'], outputStructure: 'locale-modules', emitTsDeclarations: true,
});
