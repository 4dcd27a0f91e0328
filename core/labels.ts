/** Labels that select the pods of one role of a component, in any namespace. They never change once deployed. */
export const podLabels = (component: string, role: string): Record<string, string> => ({
  'app.kubernetes.io/name': component,
  'app.kubernetes.io/component': role,
});

/** The same of a component that may have labels of its own for a role. */
export const labelsOf = (
  {
    name,
    labels,
  }: { readonly name: string; readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>> },
  role: string,
): Record<string, string> => ({ ...(labels?.[role] ?? podLabels(name, role)) });

/** Labels that every object of a component carries. */
export const objectLabels = (component: string): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'lakeport',
  'app.kubernetes.io/name': component,
  'app.kubernetes.io/part-of': 'lakeport',
});
