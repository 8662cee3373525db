import type { Resources } from '../cloudformation.ts';
import { hookDocument } from '../hook-document/hook-document.ts';
import { hookDocumentNameOf, type Naming } from '../names.ts';

/** The Command document that runs a node's hooks. A new version becomes the default one: the functions name none. */
export function hookDocumentResources(naming: Naming): Resources {
  return {
    HookDocument: {
      Type: 'AWS::SSM::Document',
      Properties: {
        Name: hookDocumentNameOf(naming),
        DocumentType: 'Command',
        DocumentFormat: 'JSON',
        TargetType: '/',
        UpdateMethod: 'NewVersion',
        Content: JSON.parse(JSON.stringify(hookDocument())),
      },
    },
  };
}
