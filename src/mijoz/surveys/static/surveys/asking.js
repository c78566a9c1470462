// Shows a question only when what it depends on was answered like this, and says how many points are left. Without this
// script all questions stand there, and the server takes those that the answers lead to.
const form = document.querySelector("[data-survey]");

function given(key) {
  const fields = [...form.elements].filter((field) => field.name === `q_${key}`);
  const marked = fields.filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked);
  return marked.map((field) => field.value).filter((value) => value !== "" && value !== "none");
}

function fits(question) {
  const { when, op, value } = question.dataset;
  const answers = given(when);
  if (answers.length === 0) return false;
  if (answers.length > 1) return answers.includes(value) === (op === "=");
  const [answer] = answers;
  if (op === "=") return answer === value;
  if (op === "!=") return answer !== value;
  return op === "<=" ? Number(answer) <= Number(value) : Number(answer) >= Number(value);
}

function show() {
  for (const question of form.querySelectorAll("[data-when]")) {
    const hidden = !fits(question);
    question.hidden = hidden;
    question.disabled = hidden;
  }
  for (const points of form.querySelectorAll("[data-points]")) {
    const total = [...points.querySelectorAll("input")].reduce((sum, field) => sum + (Number(field.value) || 0), 0);
    const left = points.querySelector(".su-left");
    left.textContent = total ? `${left.dataset.words} ${Number(points.dataset.points) - total}` : "";
  }
}

form.addEventListener("input", show);
show();
