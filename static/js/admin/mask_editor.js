import { ShapeEditor } from './shape_editor.js';

/** Masks: any number of areas over a picture. */
for (const form of document.querySelectorAll('[data-mask-form]')) new ShapeEditor(form);
