import { mount } from 'svelte'
import './app.css'
import Shell from './views/Shell.svelte'

const target = document.getElementById('page')
if (target !== null) mount(Shell, { target })
