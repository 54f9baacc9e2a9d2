// What a model can do through each CLI: the same three deeds, by the names and the shapes of the CLI's own tools.

const description = 'A step of the test';

/** Deeds that CLIs without a tool for them do in a shell. */
const byShell = (shell) => ({
  read: (file) => shell(`cat '${file}'`),
  edit: (file, from, to) => shell(`sed -i 's/${from}/${to}/' '${file}'`),
});
const execCommand = (cmd) => ['exec_command', { cmd }];

const hands = [
  {
    shell: (command) => ['Bash', { command, description }],
    read: (file) => ['Read', { file_path: file }],
    edit: (file, from, to) => ['Edit', { file_path: file, old_string: from, new_string: to }],
  },
  { shell: execCommand, ...byShell(execCommand) },
  {
    shell: (command) => ['run_shell_command', { command, description }],
    read: (file) => ['read_file', { file_path: file }],
    edit: (file, from, to) => [
      'replace',
      { file_path: file, old_string: from, new_string: to, instruction: description },
    ],
  },
  {
    shell: (command) => ['bash', { command, description }],
    read: (file) => ['read', { filePath: file }],
    edit: (file, from, to) => ['edit', { filePath: file, oldString: from, newString: to }],
  },
  {
    shell: (command) => ['run', { command }],
    read: (file) => ['read', { path: file }],
    edit: (file, from, to) => ['edit', { path: file, old: from, new: to }],
  },
];

/** The hands of a CLI, known by the shell among the tools that it offers; each deed gives a call. Throws where there is none. */
export function handsOf({ tools, results }) {
  const found = hands.find(({ shell }) => tools.includes(shell('')[0]));
  if (found === undefined) throw new Error(`no hands for a CLI with the tools ${tools.join(' ')}`);
  const call =
    (deed) =>
    (...words) => {
      const [name, input] = found[deed](...words);
      return { type: 'call', id: `call_${results.length}`, name, input };
    };
  return { shell: call('shell'), read: call('read'), edit: call('edit') };
}
