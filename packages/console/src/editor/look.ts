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
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--at-accent-soft)', outline: '1px solid var(--at-accent)' },
  '.cm-tooltip': {
    border: '1px solid var(--at-border)',
    borderRadius: '8px',
    backgroundColor: 'var(--at-raised)',
    color: 'var(--at-text)',
    boxShadow: 'var(--at-shadow-raised)',
  },
  '.cm-panels': { backgroundColor: 'var(--at-surface)', color: 'var(--at-text)', borderColor: 'var(--at-border) !important' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: 'var(--at-accent-soft)', color: 'var(--at-text)' },
  '.cm-panel.cm-panel-lint button[name=close]': { color: 'var(--at-muted)' },
  '.cm-tooltip.cm-completionInfo': { width: 'max-content', padding: '0' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    minWidth: 'min(330px, 88vw)',
    maxWidth: 'min(560px, 92vw)',
    maxHeight: '264px',
    borderRadius: '7px',
    fontFamily: 'var(--at-mono)',
    fontSize: '12px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    justifyContent: 'space-between',
    gap: '16px',
    padding: '3px 10px',
    lineHeight: '1.5',
  },
  '&.cm-editor .cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--at-accent-soft)',
    color: 'var(--at-text)',
  },
  '.cm-completionLabel': { overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--at-accent)' },
  '.cm-completionDetail': {
    flex: 'none',
    marginLeft: '0',
    color: 'var(--at-muted)',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '11px',
    fontStyle: 'normal',
  },
  '.cm-completionIcon': { display: 'none' },
  '.cm-snippetField': { backgroundColor: 'var(--at-accent-soft)', borderRadius: '2px' },
  '.at-pointed': { backgroundColor: 'var(--at-accent-soft)', outline: '1px solid var(--at-accent)', borderRadius: '2px' },
  '.at-card': {
    maxWidth: 'min(360px, 86vw)',
    padding: '9px 12px',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '12.5px',
    lineHeight: '1.5',
    whiteSpace: 'normal',
  },
  '.at-card-head': { display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', justifyContent: 'space-between', gap: '0 12px' },
  '.at-card-title': { fontWeight: '600', overflowWrap: 'anywhere' },
  '.at-card-note': { color: 'var(--at-muted)', fontSize: '11.5px' },
  '.at-card-text': { marginTop: '5px' },
  '.at-card-hint': { marginTop: '5px', paddingLeft: '9px', borderLeft: '2px solid var(--at-info)', color: 'var(--at-muted)' },
  '.at-card-example': {
    display: 'block',
    marginTop: '8px',
    padding: '5px 8px',
    borderRadius: '5px',
    backgroundColor: 'var(--at-sunken)',
    fontSize: '11.5px',
    overflowWrap: 'anywhere',
  },
  '.at-card-flag': { marginTop: '6px', color: 'var(--at-warning)', fontSize: '11.5px' },
  '.at-card-count': { marginTop: '5px', color: 'var(--at-muted)', fontSize: '11.5px', fontVariantNumeric: 'tabular-nums' },
  '.cm-tooltip .cm-diagnostic': {
    marginLeft: '0',
    borderRadius: '7px',
    padding: '7px 12px',
    borderLeftWidth: '3px',
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '12.5px',
  },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--at-critical)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--at-warning)' },
  '.at-diagnostic code': { display: 'block', color: 'var(--at-muted)', fontSize: '11.5px', overflowWrap: 'anywhere' },
  '.cm-diagnosticAction': {
    display: 'block',
    margin: '7px 0 1px',
    padding: '2px 9px',
    border: '1px solid var(--at-border)',
    borderRadius: '5px',
    backgroundColor: 'var(--at-surface)',
    color: 'var(--at-accent)',
    font: 'inherit',
    cursor: 'pointer',
  },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--at-critical) 1px', textUnderlineOffset: '3px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--at-warning) 1px', textUnderlineOffset: '3px' },
});

/** Surface and highlighting. */
export const editorLook = [surface, syntaxHighlighting(highlight)];
