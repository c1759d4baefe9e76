"""The official fillable PDFs: drawn as HTML, laid out by WeasyPrint, made a form by pypdf."""
