/* SPDX-License-Identifier: Apache-2.0 */
/* An extension module of Python, one function of which leaks. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

/* Returns the sum of so many pixels. Frees them, unless there are none that are bright. */
static PyObject* brightness(PyObject* self, PyObject* arguments) {
  Py_ssize_t count = 0;
  int value = 0;
  long sum = 0;
  (void)self;
  if (!PyArg_ParseTuple(arguments, "ni", &count, &value)) return NULL;
  unsigned char* const pixels = malloc((size_t)count);
  if (pixels == NULL) return PyErr_NoMemory();
  for (Py_ssize_t i = 0; i < count; ++i) sum += pixels[i] = (unsigned char)value;
  if (sum == 0) return PyLong_FromLong(0); /* The leak. */
  free(pixels);
  return PyLong_FromLong(sum);
}

/* Returns a list of as many names, and forgets that it has a reference to it. */
static PyObject* names(PyObject* self, PyObject* arguments) {
  Py_ssize_t count = 0;
  (void)self;
  if (!PyArg_ParseTuple(arguments, "n", &count)) return NULL;
  PyObject* const list = PyList_New(count);
  if (list == NULL) return NULL;
  for (Py_ssize_t i = 0; i < count; ++i) PyList_SET_ITEM(list, i, PyUnicode_FromFormat("pixel %zd", i));
  Py_INCREF(list); /* The leak. */
  return list;
}

/* Returns a table that is made once, and kept. */
static PyObject* palette(PyObject* self, PyObject* unused) {
  static PyObject* table;
  (void)self;
  (void)unused;
  if (table == NULL) table = PyBytes_FromStringAndSize(NULL, 4096);
  Py_XINCREF(table);
  return table;
}

static PyMethodDef methods[] = {{"brightness", brightness, METH_VARARGS, NULL},
                                {"names", names, METH_VARARGS, NULL},
                                {"palette", palette, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "pixels", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_pixels(void);
PyMODINIT_FUNC PyInit_pixels(void) { return PyModule_Create(&module); }
