/** Which labels the stages of a pipeline look at. */

import type { LabelCondition, Stage, Template, TemplateNode, TemplateOperand, TemplatePipeline } from '@atalaya/lang';

/** The names of the labels; `undefined` when it cannot be told, because a template looks at all of them. */
export function labelsAskedFor(stages: readonly Stage[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const stage of stages) {
    switch (stage.kind) {
      case 'label-filter':
        addCondition(stage.condition, names);
        break;
      case 'line_format':
        if (!addTemplate(stage.template, names)) return undefined;
        break;
      case 'label_format':
        for (const { value } of stage.assignments) {
          if (value.kind === 'label') names.add(value.name);
          else if (!addTemplate(value.template, names)) return undefined;
        }
        break;
      case 'drop':
      case 'keep':
        // A value decides whether a label stays: that one is looked at by whoever looks at the label.
        break;
      case 'line-filter':
      case 'json':
      case 'logfmt':
      case 'regexp':
      case 'pattern':
      case 'unpack':
      case 'decolorize':
        break;
    }
  }
  return names;
}

function addCondition(condition: LabelCondition, names: Set<string>): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      addCondition(condition.left, names);
      addCondition(condition.right, names);
      break;
    case 'match':
      names.add(condition.matcher.name);
      break;
    case 'ip':
    case 'number':
    case 'duration':
    case 'bytes':
      names.add(condition.label);
  }
}

/** Adds the fields that a template names; `false` when it uses its data in any other way. */
function addTemplate({ nodes, definitions }: Template, names: Set<string>): boolean {
  return definitions.size === 0 && nodes.every((node) => addNode(node, names));
}

function addNode(node: TemplateNode, names: Set<string>): boolean {
  switch (node.kind) {
    case 'text':
    case 'break':
    case 'continue':
      return true;
    case 'action':
      return addPipeline(node.pipeline, names);
    case 'if':
    case 'with':
    case 'range':
      // Inside of `with` and `range` fields are those of something else: some names too many do no harm.
      return addPipeline(node.pipeline, names) && [...node.body, ...node.otherwise].every((one) => addNode(one, names));
    case 'template':
      return false;
  }
}

function addPipeline({ commands }: TemplatePipeline, names: Set<string>): boolean {
  return commands.every(({ operands }) => operands.every((operand) => addOperand(operand, names)));
}

function addOperand(operand: TemplateOperand, names: Set<string>): boolean {
  switch (operand.kind) {
    case 'field':
      if (operand.path[0] !== undefined) names.add(operand.path[0]);
      return true;
    case 'variable':
      if (operand.name !== '$') return true;
      if (operand.path[0] === undefined) return false;
      names.add(operand.path[0]);
      return true;
    case 'pipeline':
      return addPipeline(operand.pipeline, names);
    case 'dot':
      return false;
    case 'nil':
    case 'bool':
    case 'number':
    case 'string':
    case 'function':
      return true;
  }
}
