// Where the page begins: fonts, faces, and the App into #page.
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/noto-sans-sc/wght.css';
import 'maplibre-gl/dist/maplibre-gl.css';
import './design/tokens.css';
import './design/face.css';
import { mount } from 'svelte';
import App from './App.svelte';

const target = document.getElementById('page');
if (!target) throw new Error('the page has no place for the console');
mount(App, { target });
