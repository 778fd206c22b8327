"""Patients: for whom a medicine is, with a health profile of their own, sealed.

Prescriptions, fills and checks of what is taken together belong to a patient, never to an account.
"""
