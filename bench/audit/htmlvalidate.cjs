// What html-validate asks of our pages: what it recommends, less matters of taste and of intent.
module.exports = {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    "doctype-style": ["error", { style: "lowercase" }],
    "aria-label-misuse": ["error", { allowAnyNamable: true }], // ARIA lets lists and groups have a name
    "prefer-native-element": ["error", { exclude: ["region"] }], // a table's own scrolling box
    "form-dup-name": "off", // "do" names several buttons of a form, a filter's name several values
    "no-implicit-button-type": "off", // a button that says nothing submits: meant
    "no-implicit-input-type": "off", // and such an input takes text
    "long-title": "off", // a list's title says all its filters, so that no two are alike
    "no-trailing-whitespace": "off",
  },
};
