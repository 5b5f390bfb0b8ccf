// Where the phone's page begins: fonts, faces, the queue on its disk, and Field into #page.
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/noto-sans-sc/wght.css';
import '../design/tokens.css';
import '../design/face.css';
import './field.css';
import { mount } from 'svelte';
import Field from './Field.svelte';
import { around } from './around.svelte';
import { field } from './field.svelte';
import { handbook } from './handbook.svelte';
import { shell } from './shell.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('the page has no place for the phone’s page');
void field.open().then(() => Promise.all([handbook.open(), around.open()]));
void shell.open();
mount(Field, { target });
