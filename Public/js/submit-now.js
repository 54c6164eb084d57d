// Sends a form that needs no choice of the person, once. Its button stays for browsers without scripts.
export default function submitNow(form) {
  form.requestSubmit();
}
