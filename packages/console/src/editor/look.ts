/** How the editor looks: the console's tokens, so that both themes need no change of the editor. */

import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--at-accent)' },
  { tag: [tags.function(tags.variableName), tags.definitionKeyword], color: 'var(--at-accent)', fontWeight: '500' },
  { tag: tags.string, color: 'var(--at-ok)' },
  { tag: tags.number, color: 'var(--at-warning)' },
  { tag: tags.labelName, color: 'var(--at-info)' },
  { tag: tags.comment, color: 'var(--at-muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--at-critical)' },
]);

const surface = EditorView.theme({
  '&': { fontSize: '13px', backgroundColor: 'transparent', color: 'var(--at-text)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--at-mono)', fontVariantLigatures: 'none', lineHeight: '1.6' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--at-accent)' },
  '.cm-line': { padding: '0 10px' },
  '.cm-cursor': { borderLeftColor: 'var(--at-accent)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--at-accent) 24%, transparent) !important',
  },
  '.cm-placeholder': { color: 'var(--at-muted)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--at-accent-soft)', outline: '1px solid var(--at-accent)' },
  '.cm-tooltip': {
    border: '1px solid var(--at-border)',
    borderRadius: '8px',
    backgroundColor: 'var(--at-raised)',
    color: 'var(--at-text)',
    boxShadow: 'var(--at-shadow-raised)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '320px', padding: '8px 10px', marginLeft: '4px', fontSize: '12px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--at-mono) !important', fontSize: '12px', maxHeight: '260px' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px !important', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--at-accent-soft) !important',
    color: 'var(--at-text) !important',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--at-accent)' },
  '.cm-completionDetail': { marginLeft: '12px', color: 'var(--at-muted)', fontStyle: 'normal' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeftWidth: '3px', fontSize: '12.5px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--at-critical)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--at-warning)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--at-critical) 1px', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--at-warning) 1px', textUnderlineOffset: '3px' },
});

/** Surface and highlighting. */
export const editorLook = [surface, syntaxHighlighting(highlight)];
